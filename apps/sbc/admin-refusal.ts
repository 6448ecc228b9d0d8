import type { ServerResponse } from 'node:http';

/** Says what is wrong, as JSON. */
export function refuse(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify({ error })}\n`);
}
