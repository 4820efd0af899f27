// The control room: one page over the server's JSON API and its live events.
import { render } from 'preact';
import { App } from './shell/frame/App';
import { followSituations } from './domains/situations/store';
import { start } from './shell/state';
import './shell/styles/page.css';
import './domains/situations/situations.css';
import './domains/subscribers/subscribers.css';

render(<App />, document.getElementById('app')!);
void start();
followSituations();
