"use strict";
// Boxes that suggest entries have no name for a screen reader, nor have the fields in them to type in: each gets that of
// its label, or of its column, and what is said of it: help, and what is wrong. Nor has the box by which a row is deleted
// a name: it gets that of what the row is about.
document.addEventListener("DOMContentLoaded", () => {
    for (const box of document.querySelectorAll(".tabular td.delete input")) {
        const original = box.closest("tr").querySelector(".original p");
        box.setAttribute("aria-label", `Delete ${original.firstChild.textContent.trim()}`);
    }
    const nameOf = (select) => {
        const field = select.closest("td[class^='field-']");
        const column = field?.className.match(/field-(\w+)/)[1];
        return select.labels[0] ?? field?.closest("table").querySelector(`th.column-${column}`);
    };
    const nameAll = () => {
        for (const select of document.querySelectorAll("select.admin-autocomplete")) {
            const box = select.nextElementSibling?.querySelector(".select2-selection");
            const name = nameOf(select);
            if (!box || !name || box.dataset.named) {
                continue;
            }
            name.id ||= `name-of-${select.id}`;
            // Behind it what is chosen, as before.
            box.setAttribute("aria-labelledby", `${name.id} ${box.getAttribute("aria-labelledby") ?? ""}`.trim());
            // Where several can be chosen, it stands in the box; else below it, once that is open.
            const { selection, dropdown } = window.django.jQuery(select).data("select2");
            for (const search of [selection.$search, dropdown.$search]) {
                search?.attr("aria-labelledby", name.id);
            }
            for (const reached of [box, selection.$search?.[0]]) { // by the Tab key
                for (const said of ["aria-describedby", "aria-invalid"]) {
                    if (select.hasAttribute(said)) {
                        reached?.setAttribute(said, select.getAttribute(said));
                    }
                }
            }
            box.dataset.named = "yes";
        }
    };
    window.django.jQuery(nameAll); // behind what makes the boxes, which jQuery runs first
    document.addEventListener("formset:added", () => setTimeout(nameAll)); // behind what makes the new row's boxes
});
