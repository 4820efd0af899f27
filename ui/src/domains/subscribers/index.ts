// Who is told of situations by e-mail and webhook, for operators.
import texts from 'virtual:texts/situations';
import { register } from '../../shell/domain';
import './choices';

register({
  name: 'subscribers',
  texts: [texts],
  views: [{ name: 'subscribers', icon: 'M3.5 6h17v12h-17zM3.5 7.5l8.5 6 8.5-6', label: 'subscriber.view', key: 's', help: 'subscriber.help', permission: 'subscribers.see', load: () => import('./SubscribersPane') }],
});
