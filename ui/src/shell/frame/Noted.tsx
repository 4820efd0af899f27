// A sentence over the middle that the reader can put away: what the address names is not there.
import { t } from '../texts';
import { focusHeading } from './headings';
import { Icon } from './icons';

export function Noted({ text, testid, close }: { text: string; testid: string; close: () => void }) {
  // What it lay over has the keyboard when it is gone.
  const away = () => {
    close();
    focusHeading('middle');
  };
  return <p class="banner soft noted" role="alert" data-testid={testid}><span>{text}</span> <button type="button" class="quiet square" aria-label={t('panel.close')} onClick={away}><Icon name="close" size={15} /></button></p>;
}
