// Which stations report and what ails the others, for those who mend them.
import texts from 'virtual:texts/sensing';
import { register } from '../../shell/domain';
import './store';

register({
  name: 'health',
  texts: [texts],
  views: [{ name: 'health', icon: 'M14.5 6.5a4.5 4.5 0 0 1 5.6-1.2l-2.9 2.9.6 2 2 .6 2.9-2.9a4.5 4.5 0 0 1-6.2 5.6L8.5 21.5a2.1 2.1 0 0 1-3-3l8-8a4.5 4.5 0 0 1 1-4Z', label: 'health.view', key: 'h', help: 'health.help', load: () => import('./HealthPane') }],
});
