// The page's first stops: past the header and the rail, to what is shown and to what needs somebody (WCAG 2.2, 2.4.1).
import { t } from '../texts';
import { focusHeading, type Part } from './headings';

function Skip({ to, text }: { to: Part; text: string }) {
  const go = (e: MouseEvent) => {
    // The address is what is seen, and stays.
    e.preventDefault();
    focusHeading(to);
    document.getElementById(to)?.scrollIntoView();
  };
  return <a href={`#${to}`} onClick={go}>{text}</a>;
}

export const Skips = () => <p class="skips"><Skip to="middle" text={t('skip.view')} /> <Skip to="panel" text={t('skip.panel')} /></p>;
