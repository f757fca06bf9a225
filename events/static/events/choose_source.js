"use strict";
// Offers, as the source of a figure, the sources that stand in the form and are not saved yet, by their URLs.
document.addEventListener("focusin", ({ target }) => {
    if (!(target instanceof HTMLSelectElement) || !/^figures-\d+-source$/.test(target.name)) {
        return;
    }
    const beside = (input, name) => document.getElementsByName(input.name.replace(/url$/, name))[0];
    const unsaved = [...document.querySelectorAll("input[name^='sources-'][name$='-url']")]
        .filter((input) => !beside(input, "id")?.value && !beside(input, "DELETE")?.checked)
        .map((input) => input.value.trim())
        .filter((url) => url);
    for (const option of [...target.options]) {
        if (/\D/.test(option.value) && !option.selected && !unsaved.includes(option.value)) {
            option.remove();
        }
    }
    const offered = [...target.options].map((option) => option.value);
    for (const url of new Set(unsaved)) {
        if (!offered.includes(url)) {
            target.add(new Option(url, url));
        }
    }
});
