// Tables that are sorted by a click on a heading.
'use strict';
(() => {
  const opposite = {ascending: 'descending', descending: 'ascending'};

  // Cells without a value come last, whichever way the others go; rows that
  // are equal stay in the order that they came in.
  function sort(body, column, direction) {
    const rows = [...body.rows];
    const values = new Map(rows.map(row => [row, row.cells[column].dataset.value]));
    const words = [...values.values()].some(v => v !== undefined && isNaN(v));
    const compare = words ? (x, y) => x.localeCompare(y, 'en', {numeric: true}) : (x, y) => x - y;
    const sign = direction === 'ascending' ? 1 : -1;
    rows.sort((a, b) => {
      const x = values.get(a), y = values.get(b);
      if (x === undefined || y === undefined) return (x === undefined) - (y === undefined) || a.dataset.row - b.dataset.row;
      return sign * compare(x, y) || a.dataset.row - b.dataset.row;
    });
    body.append(...rows);
  }

  for (const table of document.querySelectorAll('table.sortable')) {
    const headings = [...table.tHead.rows[0].cells];
    headings.forEach((heading, column) => heading.querySelector('button').addEventListener('click', () => {
      const direction = opposite[heading.ariaSort] || heading.dataset.first;
      for (const h of headings) h.ariaSort = h === heading ? direction : 'none';
      sort(table.tBodies[0], column, direction);
    }));
  }
})();
