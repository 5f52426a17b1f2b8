/** The key that our servers and theirs share. */
export const KEY_NAME = 'transfer.example';
export const KEY_SECRET = 'bWFkZSBmb3IgdGhlc2UgdGVzdHMgb25seQ==';
