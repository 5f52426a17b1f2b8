import { createServer } from 'node:http';

/** The endpoint that is checked: answers every path at once. Argument: its port on 127.0.0.1. Says `ready` on its standard output. */
const server = createServer((_, response) => response.end('fine'));
server.keepAliveTimeout = 0;
server.listen(Number(process.argv[2]), '127.0.0.1', 4096, () => console.log('ready'));
