// GraphiQL with the operations and tokens of this stack (session.json). The token is chosen above and sent with each request; a header
// `authorization` in the tab's own headers goes before it.
const byId = (id) => document.getElementById(id);

async function openPage() {
  const { tokens, operations, sampleCustomerId } = await (await fetch('/graphiql/session.json')).json();
  const roles = Object.keys(tokens);
  if (roles.length === 0) {
    byId('note').textContent = 'The stack is still starting: this page opens when it is ready.';
    setTimeout(() => location.reload(), 2_000);
    return;
  }
  const defaultTabs = operations.map(({ query, variables }) => ({ query, variables: variables && JSON.stringify(variables, null, 2) }));
  // Tabs are remembered; those of an emptied stack (`npm run reset`) would ask for customers that are gone.
  if (localStorage.getItem('sampleCustomerId') !== String(sampleCustomerId)) {
    localStorage.clear();
    localStorage.setItem('sampleCustomerId', sampleCustomerId);
    // GraphiQL 4 fills its editors from here, and would forget the first tab's variables.
    localStorage.setItem('graphiql:query', defaultTabs[0].query);
    localStorage.setItem('graphiql:variables', defaultTabs[0].variables);
  }

  const picker = byId('role');
  for (const role of roles) picker.add(new Option(role));
  const remembered = sessionStorage.getItem('role');
  picker.value = roles.includes(remembered) ? remembered : 'sales_manager';
  picker.onchange = () => sessionStorage.setItem('role', picker.value);

  const fetcher = async (request, { headers } = {}) => {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tokens[picker.value]}`, ...headers },
      body: JSON.stringify(request),
    });
    return response.json();
  };
  ReactDOM.createRoot(byId('graphiql')).render(React.createElement(GraphiQL, { fetcher, defaultTabs }));
}

openPage().catch((error) => {
  byId('note').textContent = error.message;
});
