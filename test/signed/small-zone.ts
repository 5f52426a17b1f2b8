/** A name, an alias, a wildcard and a cut, signed as Z1. */
export const ZONE = `
$ZONE example.com.
@      900 SOA   ns1.example.com. host.example.com. 1 7200 900 1209600 60
@      300 NS    ns1.example.com.
www    60  A     192.0.2.1
mail   60  A     192.0.2.25
c      60  CNAME www.example.com.
*.wild 60  A     192.0.2.7
sub    300 NS    ns.sub.example.com.
ns.sub 300 A     192.0.2.99
`;
