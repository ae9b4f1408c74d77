// Runs the unmodified whatsapp-web.js of this folder's lock file against a rehearsal. It only knows
// https://web.whatsapp.com: the browser is told that this name is here, on a proxy with a certificate
// of its own, and that every other name does not exist. Its fetching of page versions is off by its
// own option.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, mkdtemp } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import whatsapp from 'whatsapp-web.js';

const HOST = 'web.whatsapp.com';

/** The version in the package and the version the lock file names. */
export async function versions() {
  const read = async (name) => JSON.parse(await readFile(new URL(name, import.meta.url), 'utf8'));
  const lock = await read('package-lock.json');
  const own = await read('node_modules/whatsapp-web.js/package.json');
  return { installed: own.version, locked: lock.packages['node_modules/whatsapp-web.js'].version };
}

async function certificate() {
  const folder = await mkdtemp(join(tmpdir(), 'second-judge-'));
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1', '-subj', `/CN=${HOST}`];
  execFileSync('openssl', [...request, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const pair = { key: await readFile(key), cert: await readFile(cert) };
  await rm(folder, { recursive: true });
  return pair;
}

/** Passes calls and WebSockets on to the rehearsal, under WhatsApp's own name. */
async function standIn(sim) {
  const port = Number(new URL(sim.url).port);
  const server = https.createServer(await certificate(), (asked, answer) => {
    const { url: path, method, headers } = asked;
    const passed = http.request({ host: '127.0.0.1', port, path, method, headers }, (given) => {
      answer.writeHead(given.statusCode, given.headers);
      given.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  const open = new Set();
  server.on('upgrade', ({ method, url: path, headers }, near, head) => {
    const far = net.connect(port, '127.0.0.1', () => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      far.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
      far.write(head);
      far.pipe(near).pipe(far);
    });
    for (const [one, other] of [[near, far], [far, near]]) {
      open.add(one);
      one.on('error', () => {}).on('close', () => other.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    close: () => {
      for (const socket of open) socket.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A client that has been started, and everything it has told. */
export async function openJudge(sim) {
  const proxy = await standIn(sim);
  const client = new whatsapp.Client({
    webVersionCache: { type: 'none' },
    puppeteer: {
      executablePath: '/usr/bin/chromium',
      headless: true,
      args: ['--no-sandbox', '--disable-gpu', '--ignore-certificate-errors', `--host-resolver-rules=MAP ${HOST}:443 127.0.0.1:${proxy.port}, MAP * ~NOTFOUND`],
    },
  });
  const told = [];
  for (const name of ['qr', 'authenticated', 'auth_failure', 'ready', 'message', 'message_ack', 'disconnected']) {
    client.on(name, (what, more) => told.push({ name, what, more }));
  }
  const close = async () => {
    await client.destroy();
    proxy.close();
  };
  try {
    await client.initialize();
  } catch (error) {
    await close();
    throw error;
  }
  const errors = [];
  client.pupPage.on('pageerror', (error) => errors.push(String(error)));
  client.pupPage.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  return { client, told, errors, close };
}
