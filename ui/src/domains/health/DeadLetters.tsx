// What the server could not handle however often it tried: somebody mends the cause and has it tried once more.
import { useState } from 'preact/hooks';
import { csrf, may } from '../../shell/session';
import { t } from '../../shell/texts';
import { countText, reasonText, whenText } from '../../shell/words';
import { type Refusal, refusalOf } from '../../shell/refusal';
import { type DeadLetter, readDeadLetters, tryAgain } from './api';
import { useFollowed } from './useFollowed';

function Letter({ letter }: { letter: DeadLetter }) {
  const [asked, setAsked] = useState(letter.tried_again);
  const [refused, setRefused] = useState<Refusal | null>(null);
  const token = csrf();
  const again = () => {
    if (!token) return;
    setAsked(true);
    setRefused(null);
    void tryAgain(letter, token).catch((error: unknown) => {
      setAsked(false);
      setRefused(refusalOf(error));
    });
  };
  return (
    <tr>
      <th scope="row">{letter.handler}<small>{letter.key}</small></th>
      <td>{letter.why}{refused && <small role="alert">{reasonText(refused)}</small>}</td>
      <td class="number">{countText(letter.attempts)}</td>
      <td class="number">{whenText(letter.failed_at)}</td>
      <td>{may('events.work') && <button type="button" disabled={asked} onClick={again}>{t(asked ? 'health.dead_asked' : 'health.dead_again')}</button>}</td>
    </tr>
  );
}

export function DeadLetters() {
  const { read } = useFollowed('dead', readDeadLetters);
  if (!read || read.letters.length === 0) return null;
  return (
    <section class="health-work" data-testid="dead-letters">
      <h3>{t('health.dead')} <span>{t(read.next ? 'health.dead_more' : 'health.dead_count', { count: read.letters.length })}</span></h3>
      <p class="effect">{t('health.dead_text')}</p>
      <table>
        <caption class="hidden">{t('health.dead')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('health.dead_handler')}</th>
            <th scope="col">{t('health.reason')}</th>
            <th scope="col" class="number">{t('health.dead_attempts')}</th>
            <th scope="col" class="number">{t('health.dead_failed')}</th>
            <th scope="col"><span class="hidden">{t('health.dead_again')}</span></th>
          </tr>
        </thead>
        <tbody>{read.letters.map((letter) => <Letter key={`${letter.handler} ${letter.event} ${letter.failed_at}`} letter={letter} />)}</tbody>
      </table>
    </section>
  );
}
