/**
 * Subdivisions that a geolocation set can name: the states of the US and, since Route 53 has them too, the oblasts of Ukraine (ISO
 * 3166-2). Other countries' are not supported by Route 53.
 */
const TABLE = `
US AK Alaska
US AL Alabama
US AR Arkansas
US AZ Arizona
US CA California
US CO Colorado
US CT Connecticut
US DC District of Columbia
US DE Delaware
US FL Florida
US GA Georgia
US HI Hawaii
US IA Iowa
US ID Idaho
US IL Illinois
US IN Indiana
US KS Kansas
US KY Kentucky
US LA Louisiana
US MA Massachusetts
US MD Maryland
US ME Maine
US MI Michigan
US MN Minnesota
US MO Missouri
US MS Mississippi
US MT Montana
US NC North Carolina
US ND North Dakota
US NE Nebraska
US NH New Hampshire
US NJ New Jersey
US NM New Mexico
US NV Nevada
US NY New York
US OH Ohio
US OK Oklahoma
US OR Oregon
US PA Pennsylvania
US RI Rhode Island
US SC South Carolina
US SD South Dakota
US TN Tennessee
US TX Texas
US UT Utah
US VA Virginia
US VT Vermont
US WA Washington
US WI Wisconsin
US WV West Virginia
US WY Wyoming
UA 12 Dnipropetrovska
UA 14 Donetska
UA 18 Zhytomyrska
UA 21 Zakarpatska
UA 23 Zaporizka
UA 26 Ivano-Frankivska
UA 30 Kyiv
UA 32 Kyivska
UA 35 Kirovohradska
UA 40 Sevastopol
UA 43 Crimea
UA 46 Lvivska
UA 48 Mykolaivska
UA 51 Odeska
UA 53 Poltavska
UA 56 Rivnenska
UA 59 Sumska
UA 61 Ternopilska
UA 63 Kharkivska
UA 65 Khersonska
UA 68 Khmelnytska
UA 71 Cherkaska
UA 74 Chernihivska
UA 77 Chernivetska
UA 05 Vinnytska
UA 07 Volynska
UA 09 Luhanska
`;

/** `US-CA` → its name. */
export const SUBDIVISIONS: ReadonlyMap<string, string> = new Map(
  TABLE.trim()
    .split('\n')
    .map((line) => {
      const [country = '', code = '', ...name] = line.split(' ');
      return [`${country}-${code}`, name.join(' ')];
    }),
);
