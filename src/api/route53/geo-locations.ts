import type * as sdk from '@aws-sdk/client-route-53';
import { GEO_LOCATIONS, geoLocation, type GeoLocation } from '../../core/geo/geo-locations.ts';
import { AwsError } from '../aws-error.ts';
import { optional, pageSize, type Door } from './door.ts';

const PAGE_MAX = 100;

export const getGeoLocationDoor: Door<sdk.GetGeoLocationRequest, sdk.GetGeoLocationResponse> = {
  operation: 'GetGeoLocation',
  handle: (input) => ({
    GeoLocationDetails: detailsShape(
      known({
        ...optional('continent', input.ContinentCode),
        ...optional('country', input.CountryCode),
        ...optional('subdivision', input.SubdivisionCode),
      }),
    ),
  }),
};

export const listGeoLocationsDoor: Door<sdk.ListGeoLocationsRequest, sdk.ListGeoLocationsResponse> = {
  operation: 'ListGeoLocations',
  handle(input) {
    const { StartContinentCode, StartCountryCode, StartSubdivisionCode } = input;
    if (StartSubdivisionCode !== undefined && StartCountryCode === undefined) {
      throw new AwsError('InvalidInput', 'StartSubdivisionCode needs StartCountryCode');
    }
    const maxItems = pageSize(input.MaxItems, PAGE_MAX, PAGE_MAX);
    const start =
      StartContinentCode === undefined && StartCountryCode === undefined
        ? 0
        : indexOf({
            ...optional('continent', StartContinentCode),
            ...optional('country', StartCountryCode),
            ...optional('subdivision', StartSubdivisionCode),
          });
    const next = GEO_LOCATIONS[start + maxItems];
    return {
      GeoLocationDetailsList: GEO_LOCATIONS.slice(start, start + maxItems).map(detailsShape),
      IsTruncated: next !== undefined,
      ...optional('NextContinentCode', next?.continent?.code),
      ...optional('NextCountryCode', next?.country?.code),
      ...optional('NextSubdivisionCode', next?.subdivision?.code),
      MaxItems: maxItems,
    };
  },
};

function known(codes: Parameters<typeof geoLocation>[0]): GeoLocation {
  const location = geoLocation(codes);
  if (location !== undefined) return location;
  throw new AwsError('NoSuchGeoLocation', 'The geographic location that you specified is not supported.');
}

function indexOf(codes: Parameters<typeof geoLocation>[0]): number {
  const wanted = known(codes);
  return GEO_LOCATIONS.findIndex(
    (each) =>
      each.continent?.code === wanted.continent?.code &&
      each.country?.code === wanted.country?.code &&
      each.subdivision?.code === wanted.subdivision?.code,
  );
}

function detailsShape({ continent, country, subdivision }: GeoLocation): sdk.GeoLocationDetails {
  return {
    ...optional('ContinentCode', continent?.code),
    ...optional('ContinentName', continent?.name),
    ...optional('CountryCode', country?.code),
    ...optional('CountryName', country?.name),
    ...optional('SubdivisionCode', subdivision?.code),
    ...optional('SubdivisionName', subdivision?.name),
  };
}
