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
  stripe: { title: "Stripe (emulate)", connector: "`stripe`, shipped", needs: npm },
  oidc: { title: "oidc-provider, rotating refresh tokens", connector: "`x-id-house`, private", needs: {} },
};
