// Whom work can be handed to, by login.
import { read } from '../../shell/api';
import { Register } from '../../shell/lists/register';
import { csrf } from '../../shell/session';

export const operators = new Register(async () => (await read('/api/v1/operators')).operators.map((o) => o.login), csrf);
