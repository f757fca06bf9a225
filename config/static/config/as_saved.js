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
    const same = record !== null && history.state?.opened === record.value;
    const $ = window.django?.jQuery;
    if (!same) {
        form.autocomplete = "off"; // what stood there is put back after this
        form.reset(); // in Safari it has been
    }
    if (record) {
        // What was found and chosen in a box is no choice of the page as it is sent: it has to be one to be put back.
        const chosen = same ? history.state.chosen ?? [] : [];
        const remember = (those) => history.replaceState({ ...history.state, opened: record.value, chosen: those }, "");
        for (const [name, value, text] of chosen) {
            addUnchosen(form.elements.namedItem(name), new Option(text, value));
        }
        remember(chosen);
        $?.(form).on("change", "select", () => { remember(newlyChosen(form)); });
    }
    window.addEventListener("pageshow", () => {
        form.removeAttribute("autocomplete"); // it is there for what is suggested, too
        for (const select of form.querySelectorAll("select:not([multiple])")) {
            if (select.selectedIndex < 0) { // what was chosen is not here: then what is saved is, which it would remove
                select.selectedIndex = [...select.options].findIndex((option) => option.defaultSelected);
            }
        }
        $?.(form).find(".admin-autocomplete").trigger("change"); // boxes, and the links beside them, show what was put back
    });
});

function addUnchosen(select, option) {
    if (select instanceof HTMLSelectElement && ![...select.options].some(({ value }) => value === option.value)) {
        const chosen = select.selectedIndex;
        select.add(option);
        if (!select.multiple) {
            select.selectedIndex = chosen; // the only one is chosen by itself
        }
    }
}

function newlyChosen(form) {
    const selects = [...form.querySelectorAll("select")].filter((select) => select.name);
    return selects.flatMap((select) => [...select.selectedOptions]
        .filter((option) => option.value && !option.defaultSelected)
        .map((option) => [select.name, option.value, option.text]));
}
