import { createConnection, createServer } from 'node:net';

/**
 * A TCP proxy in front of a server that can stop forwarding: both sides' connections stay open and are acknowledged by
 * the kernel, but nothing arrives any more. A firewall or a balancer that has forgotten its connections does this.
 *
 * @param {string} url
 */
export async function startProxy(url) {
  const target = new URL(url);
  const { hostname, port } = target;
  let isFrozen = false;
  const sockets = new Set();
  const pass = (from, to) => {
    from.on('data', (chunk) => isFrozen || to.write(chunk));
    // An end is not forwarded either.
    from.on('close', () => isFrozen || to.destroy());
    from.on('error', () => undefined);
    sockets.add(from);
  };
  const server = createServer((client) => {
    const upstream = createConnection(Number(port), hostname);
    pass(client, upstream);
    pass(upstream, client);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  target.port = String(server.address().port);
  return {
    url: target.href,
    freeze: () => (isFrozen = true),
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
