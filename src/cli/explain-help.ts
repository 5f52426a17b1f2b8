/** Apart from the command, so that help is printed without loading it. */
export const EXPLAIN_HELP = `  waypost explain NAME [TYPE]      says why a question is answered as it is, step by step
      --from ADDRESS               who asks: a resolver, or a client by itself; this machine unless given
      --subnet NETWORK             what the resolver tells of its client (EDNS client subnet)
      --unhealthy CHECK            supposes that this health check is unhealthy; more after commas
      --healthy CHECK              supposes that it is healthy
      --draw NUMBER                what the dice say, from 0 up to 1; at random unless given
      --json                       for programs
`;
