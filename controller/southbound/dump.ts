import type { DecodedMessage, ErrorMessage, FlowDescription, MultipartRequest } from 'node-openflow';
import type { Session } from './session.ts';

/**
 * Sends a request for flow descriptions and hands them out as the parts of the reply arrive, so that a large table
 * is never held in memory as a whole.
 * @throws Error when the connection ends, the switch refuses, or no part arrives for `silenceMs` milliseconds
 */
export function dumpFlows(
  session: Session,
  request: MultipartRequest,
  silenceMs: number,
  visit: (flow: FlowDescription) => void,
): Promise<void> {
  const { connection } = session;
  return new Promise((resolve, reject) => {
    const xid = connection.send(request);
    const timer = setTimeout(() => end(new Error(`the dump fell silent for ${silenceMs} ms`)), silenceMs);
    const end = (error?: Error) => {
      clearTimeout(timer);
      connection.off('message', onMessage);
      connection.off('error-message', onError);
      connection.off('close', onClose);
      if (error) reject(error);
      else resolve();
    };
    const onMessage = (message: DecodedMessage) => {
      if (message.xid !== xid || message.type !== 'multipart-reply' || message.part !== 'flow-desc') return;
      timer.refresh();
      for (const flow of message.flows) visit(flow);
      if (!message.more) end();
    };
    const onError = (message: ErrorMessage & { readonly xid: number }) => {
      if (message.xid === xid) end(new Error(`the switch refused a dump: ${message.codeName}`));
    };
    const onClose = (reason: string) => end(new Error(`the connection ended during a dump: ${reason}`));
    connection.on('message', onMessage);
    connection.on('error-message', onError);
    connection.on('close', onClose);
  });
}
