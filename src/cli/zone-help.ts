/** Apart from the command, so that help is printed without loading it. */
export const ZONE_HELP = `  waypost zone import FILE…        makes hosted zones what zone files say; - is the standard input
      --zone ZONE                  its name or id, else the owner of the file's SOA record; with one file only
      --create                     makes the hosted zone if there is none
      --replace                    removes what the file does not have (without it, nothing is removed)
      --take-apex                  takes the file's NS and SOA records, instead of keeping the zone's own
      --replace-aliases            replaces and removes aliases and routed record sets, which no file can hold, like others
      --skip-types TYPE,TYPE       leaves out records of these types, such as RRSIG,NSEC,DNSKEY
      --include                    lets $INCLUDE open other files
      --dry-run                    says what would change, and changes nothing
  waypost zone export ZONE         writes a hosted zone as a zone file
      --output FILE                to a file, which is there only when it is whole
  waypost zone promote ZONE        makes a secondary zone an ordinary one, which the API edits
`;
