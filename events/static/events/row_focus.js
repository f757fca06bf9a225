"use strict";
// Who adds a row is in its first field, which may be far above the link that was followed; who removes one, at the link by
// which another one is added: the one that was followed is gone.
document.addEventListener("formset:added", (event) => {
    const fields = "input:not([type='hidden']), select:not(.select2-hidden-accessible), textarea, .select2-selection";
    setTimeout(() => { event.target.querySelector(fields)?.focus(); }); // behind what makes the new row's boxes
});
document.addEventListener("formset:removed", (event) => {
    const link = `#${event.detail.formsetName}-group :is(.addlink, .add-row a)`;
    setTimeout(() => { document.querySelector(link)?.focus(); }); // behind what shows it, where there was no room for more
});
