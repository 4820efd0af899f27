// A soft tone for what is new and serious, made here and only when the reader asked for sound.
let context: AudioContext | null = null;

/** Browsers stay silent until the reader touches the page once: be ready then. */
export function allowSound() {
  const wake = () => {
    context ??= new AudioContext();
    void context.resume();
  };
  for (const kind of ['pointerdown', 'keydown'] as const) window.addEventListener(kind, wake, { once: true });
}

const kNotes = { serious: [659.25, 523.25], critical: [659.25, 659.25, 880] } as const;  // Hz: e'' c'', and e'' e'' a''
const kLoudness = 0.07;
const kApart = 0.24;  // seconds

export function chime(kind: keyof typeof kNotes) {
  try {
    context ??= new AudioContext();
    const { destination, currentTime } = context;
    void context.resume();
    kNotes[kind].forEach((frequency, i) => {
      const [tone, volume] = [context!.createOscillator(), context!.createGain()];
      const begin = currentTime + 0.03 + i * kApart;
      tone.type = 'sine';
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0, begin);
      volume.gain.linearRampToValueAtTime(kLoudness, begin + 0.04);
      volume.gain.exponentialRampToValueAtTime(0.0001, begin + 0.5);
      tone.connect(volume).connect(destination);
      tone.start(begin);
      tone.stop(begin + 0.55);
    });
  } catch {
    // A browser without audio shows the situation all the same.
  }
}
