"use strict";
// After “Back” and “Reload” a browser puts back what stood in a form before, by the number of each row (Firefox puts back
// nothing, as these pages are not to be stored). In the admin it may only where the rows are still the same: else that
// would be the role of another actor, the tick at another source, or at another draft of those to be published.
document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector(".change-form #content-main form, #changelist-form");
    if (!form) {
        return;
    }
    const record = form.id === "changelist-form" ? null : form.elements.namedItem("opened"); // as it is saved
    if (!record || history.state?.opened !== record.value) {
        form.autocomplete = "off"; // what stood there is put back after this
    }
    if (record) {
        history.replaceState({ ...history.state, opened: record.value }, "");
    }
    window.addEventListener("pageshow", () => {
        form.removeAttribute("autocomplete"); // it is there for what is suggested, too
        window.django?.jQuery?.(".admin-autocomplete").trigger("change.select2"); // boxes show what was put back
    });
});
