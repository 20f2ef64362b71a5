import { amount, hasMail, id, joined, land, mail, moment, sha, stock, type Truth, textOf } from "./oracle";

export const ANY: Record<string, Truth> = {
  "generic-rest/shipments": {
    gives: (at) => ({
      ...{
        orderNumber: at("order_number"),
        carrier: at("carrier"),
        trackingNumber: at("tracking_number"),
        trackingUrl: at("tracking_url"),
      },
      state:
        { in_transit: "in_transit", out_for_delivery: "in_transit", delivered: "delivered", lost: "failed" }[String(at("status"))] ??
        "created",
      ...{ sentAt: moment(at("shipped_at")), deliveredAt: moment(at("delivered_at")) },
    }),
  },
  "generic-rest/stock": {
    gives: (at) => ({ sku: at("sku"), place: id(at("location")), ...stock(Number(at("quantity"))), updatedAt: moment(at("updated_at")) }),
  },
  "generic-rest/reviews": {
    takes: (at) => Number(at("rating")) >= 1 && Number(at("rating")) <= 5 && at("published_at") !== null,
    gives: (at) => ({
      ...{ sku: at("product_sku"), rating: Number(at("rating")), title: at("title"), text: "And coffee.", author: at("reviewer.name") },
      ...{ verified: at("verified_buyer"), publishedAt: moment(at("published_at")) },
    }),
  },
  "generic-rest/time": {
    takes: (at) => at("billable") === true && Number(at("rate")) > 0,
    gives: (at) => ({
      ...{
        project: at("project.name"),
        person: at("user.name"),
        description: textOf(at("notes")),
        hours: Number(at("hours")),
        doneOn: at("spent_date"),
      },
      amount: amount(Math.round(Number(at("hours")) * Number(at("rate")) * 100 + 1e-6) / 100, at("currency")),
      updatedAt: moment(at("updated_at")),
    }),
  },
  "generic-rest/answers": {
    takes: hasMail("answers.email"),
    gives: (at) => ({
      ...{
        name: joined(at("answers.first_name"), at("answers.last_name")),
        email: mail(at("answers.email")),
        phone: textOf(at("answers.phone")),
      },
      ...{
        company: textOf(at("answers.company")),
        source: at("form"),
        state: "new",
        message: textOf(at("answers.message")),
        createdAt: moment(at("submitted_at")),
      },
    }),
  },
  "generic-rest/events": {
    gives: (at) => ({
      ...{
        name: at("event"),
        happenedAt: moment(at("occurred_at")),
        person: sha(at("user.email")),
        value: amount(at("value"), at("currency")),
      },
      ...{ country: land(at("country")), detail: textOf(at("detail")) },
    }),
  },
  "generic-webhook-in/answers": {
    gives: (at) => ({
      ...{ name: at("name"), email: mail(at("email")), phone: at("phone"), company: at("company"), source: at("kind"), state: "new" },
      ...{ message: at("message"), updatedAt: moment(at("updatedAt")) },
    }),
  },
  // A stand-in gives the cells of a row in their order: name, e-mail, what was spent.
  "google-sheets/answers": { gives: (at) => ({ source: "Form", state: "new", name: at("0"), email: mail(at("1")) }) },
};
