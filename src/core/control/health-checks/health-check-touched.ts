const PREFIX = 'check/';

/** How a change says that a health check is not what it was, beside the ids of zones. */
export function healthCheckTouched(id: string): string {
  return `${PREFIX}${id}`;
}

/** The id of the health check that was touched; undefined when it was a zone. */
export function touchedHealthCheck(touched: string): string | undefined {
  return touched.startsWith(PREFIX) ? touched.slice(PREFIX.length) : undefined;
}
