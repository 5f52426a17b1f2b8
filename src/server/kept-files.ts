import { STATUS_FILE } from '../feed/status-file.ts';
import { ANSWERS_FILE } from '../resolve/answers-file.ts';
import { CREDENTIALS_FILE } from './credentials.ts';

/** What a backup holds beside the store: the access key, and the last statuses and resolved alias targets, so that a restored member flips no answer. */
export const KEPT_FILES: readonly string[] = [CREDENTIALS_FILE, STATUS_FILE, ANSWERS_FILE];
