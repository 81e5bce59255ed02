// Marks in a text that turn the direction of what comes after it.

const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]/g;

/** For titles and sentences, in which nothing isolates a text from the rest. */
export function withoutDirections(text: string): string {
  return text.replace(DIRECTIONS, '');
}
