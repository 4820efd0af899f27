// The control room: one page over the server's JSON API and its live events.
import { render } from 'preact';
import { App } from './parts/App';
import { followSituations } from './situations';
import { start } from './state';
import './styles/page.css';
import './styles/situations.css';
import './styles/subscribers.css';

render(<App />, document.getElementById('app')!);
void start();
followSituations();
