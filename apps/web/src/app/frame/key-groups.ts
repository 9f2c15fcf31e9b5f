/** The keys of the page, as its help and the settings list them. */
export const KEY_GROUPS: readonly { title: string; keys: readonly (readonly [keys: string, what: string])[] }[] = [
  {
    title: 'Everywhere',
    keys: [
      ['Ctrl K', 'Find a file, run, machine, page or command'],
      ['G then C', 'Code'],
      ['G then R', 'Runs'],
      ['G then G', 'Graphs'],
      ['G then M', 'Machines'],
      ['G then S', 'Settings'],
      ['Esc', 'Close what is on top'],
      ['?', 'These keys'],
    ],
  },
  {
    title: 'Code',
    keys: [
      ['Ctrl Enter', 'Go on the last machine'],
      ['Ctrl Shift Enter', 'Stop the latest run'],
      ['Ctrl S', 'Save all files'],
      ['Alt V', 'Vary the number at the caret'],
      ['Alt ↑ and Alt ↓', 'Turn the number at the caret'],
      ['Ctrl F', 'Search in the file'],
      ['F6', 'To the next pane'],
      ['Esc then Tab', 'Leave the editor'],
    ],
  },
  {
    title: 'Runs',
    keys: [
      ['J and K', 'Next and previous run'],
      ['↑ and ↓', 'The same, from a run in the list'],
      ['Home and End', 'First and last run, from one in the list'],
      ['Ctrl A', 'Select all runs, from one in the list'],
      ['Enter', 'Open the run'],
      ['X', 'Select the run'],
      ['Shift X', 'Select all up to the run'],
      ['C', 'Compare what is selected'],
      ['T', 'Tag what is selected'],
      ['R', 'Rerun what is selected'],
      ['S', 'Stop what is selected'],
      ['/', 'Search the list'],
      ['Ctrl F', 'Search the output of a run'],
    ],
  },
];
