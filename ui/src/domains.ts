// The domains of the control room, what needs somebody first: one line each. Each registers itself (shell/README.md).
import './domains/situations';
import './domains/sensing';
import './domains/health';
import './domains/subscribers';
