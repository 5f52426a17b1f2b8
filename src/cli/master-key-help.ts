/** Apart from the command, so that help is printed without loading it. */
export const MASTER_KEY_HELP = `  waypost master-key rotate        wraps all private keys with a new master key, while no member runs (docs/key-custody.md)
      --to FILE                    keeps the new one there, for you to name it in the settings; else it takes the old one's place
`;
