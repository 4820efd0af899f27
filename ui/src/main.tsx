// The control room: one page over the server's JSON API and its live events.
import { render } from 'preact';
import './shell/styles/page.css';
import './domains';
import { App } from './shell/frame/App';
import { start } from './shell/start';

render(<App />, document.getElementById('app')!);
void start();
