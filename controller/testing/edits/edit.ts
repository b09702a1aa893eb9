import type { Editor } from '../editor.ts';

/** Does one thing to the resources that three numbers choose; undefined when there is nothing to do it to. */
export type Edit = (editor: Editor, a: number, b: number, c: number) => Promise<unknown> | undefined;
