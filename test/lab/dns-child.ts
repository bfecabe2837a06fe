/** `dns-child.ts <address> <name=address>...`: the resolver of a lab; lab.ts starts it. */
import { createSocket } from 'node:dgram';
import { answer } from './dns-answer.ts';

const [address, ...pairs] = process.argv.slice(2);
const names = Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]));
const socket = createSocket('udp4');
socket.on('message', (question, from) => {
  const reply = answer(question, names);
  if (reply) socket.send(reply, from.port, from.address);
});
socket.bind(53, address);
