"use strict";
(async () => {
  const norwegian = /^(nb|nn|no)\b/.test(navigator.language);
  if (norwegian) {
    document.documentElement.lang = "nb";
    for (const text of document.querySelectorAll("[data-nb]")) text.textContent = text.dataset.nb;
    document.title = document.querySelector("h1").textContent;
  }
  const examples = await (await fetch("/graphql/console/examples.json")).json();
  const chooser = document.getElementById("examples");
  examples.forEach((example, number) => {
    chooser.add(new Option(norwegian ? example.nb : example.en, String(number)));
  });
  const fetcher = GraphiQL.createFetcher({
    url: "/graphql",
    headers: { "Client-Name": "bosatt-console" },
  });

  function Console() {
    const [query, setQuery] = React.useState(examples[0].query);
    const explorer = GraphiQLPluginExplorer.useExplorerPlugin({ query, onEdit: setQuery, showAttribution: false });
    React.useEffect(() => {
      const choose = () => setQuery(examples[Number(chooser.value)].query);
      chooser.addEventListener("change", choose);
      return () => chooser.removeEventListener("change", choose);
    }, []);
    return React.createElement(GraphiQL, {
      fetcher,
      query,
      onEditQuery: setQuery,
      plugins: [explorer],
      defaultEditorToolsVisibility: false,
      // What was asked here before is not kept: a visit begins with the first example.
      storage: { getItem: () => null, setItem: () => {}, removeItem: () => {}, clear: () => {}, length: 0 },
    });
  }

  ReactDOM.render(React.createElement(Console), document.getElementById("console"));
})();
