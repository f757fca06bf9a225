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
    // The rows behind one that is removed get its number, but what is known of them by their number does not: what is said
    // of a field, and which box is whose. The next row to be added would take the box of another one.
    const renumber = (group) => {
        for (const field of group.querySelectorAll("[aria-describedby]")) {
            const [row] = field.id.match(/^\D+-\d+-/) ?? [];
            const said = field.getAttribute("aria-describedby");
            field.setAttribute("aria-describedby", row ? said.replace(/id_\D+?-\d+-/g, row) : said);
        }
        const $ = window.django.jQuery;
        for (const select of group.querySelectorAll("select[data-select2-id]")) {
            if (select.dataset.select2Id !== select.id) {
                $(select).select2("destroy").djangoAdminSelect2();
            }
        }
        nameAll();
    };
    window.django.jQuery(nameAll); // behind what makes the boxes, which jQuery runs first
    document.addEventListener("formset:added", () => setTimeout(nameAll)); // behind what makes the new row's boxes
    document.addEventListener("formset:removed", ({ detail }) => {
        setTimeout(() => { renumber(document.getElementById(`${detail.formsetName}-group`)); }); // behind the new numbers
    });
});
