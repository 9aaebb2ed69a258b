/* Shows only those tags that contain what is typed into the search field. */
Behaviour.specify(".docker-image-tag", "docker-image-tag", 0, function (parameter) {
  const search = parameter.querySelector(".docker-image-tag__search");
  const list = parameter.querySelector(".docker-image-tag__list");
  if (!search || !list) {
    return;
  }
  const options = Array.from(list.options);
  search.addEventListener("input", function () {
    const text = search.value.trim().toLowerCase();
    const found = options.filter((option) => option.text.toLowerCase().includes(text));
    options.forEach((option) => option.remove());
    found.forEach((option) => list.add(option));
    if (found.length === 1) {
      found[0].selected = true;
    }
  });
  search.addEventListener("keydown", function (event) {
    if (event.key === "Enter") {
      event.preventDefault();
    }
  });
});
