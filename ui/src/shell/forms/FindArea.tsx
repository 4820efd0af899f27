// Above a long list of areas: a part of the name, a code or Korean initials leave those that fit.
import { t } from '../texts';

const kManyAreas = 10;
export const isLongAreaList = (count: number) => count > kManyAreas;

export function FindArea({ wanted, want, count }: { wanted: string; want: (text: string) => void; count: number }) {
  return (
    <p class="find-area">
      <input type="search" value={wanted} maxLength={80} autocomplete="off" aria-label={t('form.find_area')} placeholder={t('form.find_area')} data-testid="find-area" onInput={(e) => want(e.currentTarget.value)} />
      <small role="status">{wanted.trim() === '' ? '' : t('form.areas_found', { count })}</small>
    </p>
  );
}
