import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export type Received = { path: string; headers: Record<string, string>; body: string };
type Answer = { status: number; headers?: Record<string, string>; body?: string; delayMs?: number };

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** A vendor's backend on this machine: it keeps what it is told and answers as it is asked to. */
export class Receiver {
  received: Received[] = [];
  answer: Answer = { status: 200 };
  base = "";
  private readonly server: Server = createServer(async (request, response) => {
    this.received.push({ path: request.url ?? "", headers: request.headers as Record<string, string>, body: await bodyOf(request) });
    await new Promise((resolve) => setTimeout(resolve, this.answer.delayMs ?? 0));
    response.writeHead(this.answer.status, this.answer.headers).end(this.answer.body ?? "");
  });

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.base = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  forget(): void {
    this.received = [];
    this.answer = { status: 200 };
  }

  close(): void {
    this.server.close();
  }
}
