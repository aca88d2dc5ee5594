// A keypad of digits instead of letters where the tablet has its keyboard on the screen.

export default function ({ parentElement }) {
  const form = parentElement.closest('[class*="st-key-pin_entry"]');
  for (const field of form?.querySelectorAll('input[type="password"]') ?? []) {
    field.inputMode = "numeric";
    field.autocomplete = "off";
  }
}
