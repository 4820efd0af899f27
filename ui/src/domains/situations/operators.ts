// Whom work can be handed to, by login.
import { api } from '../../shell/api';
import { Register } from '../../shell/lists/register';
import { csrf } from '../../shell/state';

export const operators = new Register(async () => (await api.operators()).operators.map((o) => o.login), csrf);
