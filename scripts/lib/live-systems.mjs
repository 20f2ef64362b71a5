/** What every system goes through, in the order of the report. */
export const STEPS = {
  connect: "Connect",
  full: "Full read",
  incremental: "Changes",
  resume: "Resume after SIGKILL",
  wrong: "Wrong credential",
};

const npm = { npm: true };

/**
 * The systems of `npm run test:live`. `npm` = tests/live/servers/package.json has to be installed; `debian` = packages of Debian 12;
 * `specs` = a published description that is not ours to hand on, looked for beside the checkout.
 */
export const SYSTEMS = {
  github: { title: "GitHub (emulate)", connector: "`github`, shipped", needs: npm },
  slack: { title: "Slack (emulate)", connector: "`slack`, shipped", needs: npm },
  "slack-messages": { title: "Slack, messages of channels (emulate)", connector: "`slack`, shipped", needs: npm },
  google: { title: "Google Drive (emulate)", connector: "`x-google-drive`, private", needs: npm },
  stripe: { title: "Stripe (emulate)", connector: "`stripe`, shipped", needs: npm },
  oidc: { title: "oidc-provider, rotating refresh tokens", connector: "`x-id-house`, private", needs: {} },
  "salesforce-soap": {
    title: "Salesforce partner WSDL (npm soap)",
    connector: "`salesforce-soap`, shipped",
    needs: { npm: true, specs: "salesforce/soapclient_partner.wsdl.xml" },
  },
  cap: { title: "SAP CAP, OData V4 (@cap-js)", connector: "`x-cap-books`, private", needs: npm },
  redmine: {
    title: "Redmine (Debian)",
    connector: "`x-redmine`, private",
    needs: { debian: ["redmine", "redmine-sqlite", "ruby-sqlite3"] },
  },
  wordpress: {
    title: "WordPress (Debian)",
    connector: "`x-wordpress`, private",
    needs: { debian: ["wordpress", "php-cli", "php-mysql", "mariadb-server-core", "mariadb-client-core"] },
  },
};
