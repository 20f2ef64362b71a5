import { fieldList } from "../field-list";

const HEAD = "created:datetime Created = 1760000000 | livemode:boolean Live = false | metadata:object* Metadata = {}";
export const CUSTOMER = fieldList(`${HEAD} | id ID = cus_sample0001 | name* Name = Ada Okafor | email* Email = ada.okafor@northwind.example
  phone* Phone = +442079460018 | description* Description | currency Currency = gbp | balance:number Balance (smallest unit) = 0
  delinquent:boolean Delinquent = false | address.line1* Street = 1 Sample Street | address.city* City = London
  address.postal_code* Postal code = N1 9GU | address.country* Country code = GB`);
export const PRODUCT = fieldList(`${HEAD} | id ID = prod_sample0001 | updated:datetime Updated = 1760000500 | name!* Name = Sample mug
  description* Description = A mug | active:boolean* Active = true | default_price Default price ID | url* Web address | images:array Images = []`);
export const PRICE =
  fieldList(`${HEAD} | id ID = price_sample0001 | product!+ Product ID = prod_sample0001 | nickname* Nickname | lookup_key* Lookup key
  unit_amount:number!+ Amount (smallest unit) = 2000 | currency!+ Currency = gbp | type Type = recurring | recurring.interval+ Interval = month
  active:boolean* Active = true`);
export const INVOICE = fieldList(`${HEAD.replace("*", "")} | id ID = in_sample0001 | number Number = SAMPLE-0001 | status Status = paid
  customer Customer ID = cus_sample0001 | customer_email Customer's email | subscription Subscription ID | currency Currency = gbp
  subtotal:number Subtotal (smallest unit) = 2000 | total:number Total (smallest unit) = 2400 | amount_due:number Due (smallest unit) = 2400
  amount_paid:number Paid (smallest unit) = 2400 | due_date:datetime Due date | period_start:datetime Period start = 1760000000
  period_end:datetime Period end = 1762000000 | hosted_invoice_url Web address | lines.data:array Lines = []`);
export const SUBSCRIPTION = fieldList(`${HEAD} | id ID = sub_sample0001 | status Status = active | customer Customer ID = cus_sample0001
  currency Currency = gbp | collection_method Collection method = charge_automatically | latest_invoice Latest invoice ID
  current_period_start:datetime Period start = 1760000000 | current_period_end:datetime Period end = 1762000000
  cancel_at:datetime Cancels at | canceled_at:datetime Canceled at | cancel_at_period_end:boolean Ends with the period = false
  items.data:array Items = []`);
export const INVOICE_WRITE =
  fieldList(`customer!+ Customer ID | subscription+ Subscription ID | currency+ Currency | description* Description
  collection_method* Collection method | days_until_due:number* Days until due | footer* Footer | auto_advance:boolean* Goes on by itself
  metadata:object* Metadata`);
export const SUBSCRIPTION_WRITE = fieldList(`customer!+ Customer ID | items:array!* Items | currency+ Currency | description* Description
  collection_method* Collection method | days_until_due:number* Days until due | default_payment_method* Payment method
  trial_period_days:number+ Days of trial | cancel_at_period_end:boolean* Ends with the period | metadata:object* Metadata`);
export const PAYMENT_WRITE =
  fieldList(`amount:number!* Amount (smallest unit) | currency!* Currency | customer* Customer ID | description* Description
  receipt_email* Receipt to | payment_method* Payment method | statement_descriptor* On the statement | metadata:object* Metadata`);
export const PAYMENT = fieldList(`${HEAD} | id ID = pi_sample0001 | status Status = succeeded | customer Customer ID = cus_sample0001
  description Description = Sample order | amount:number Amount (smallest unit) = 2400 | amount_received:number Received (smallest unit) = 2400
  currency Currency = gbp | latest_charge Latest charge ID = ch_sample0001 | receipt_email Receipt to`);
export const CHARGE = fieldList(`${HEAD} | id ID = ch_sample0001 | status Status = succeeded | customer Customer ID = cus_sample0001
  payment_intent Payment ID = pi_sample0001 | description Description | failure_message Failure | receipt_url Receipt
  amount:number Amount (smallest unit) = 2400 | amount_refunded:number Refunded (smallest unit) = 0 | currency Currency = gbp
  paid:boolean Paid = true | refunded:boolean Refunded = false | disputed:boolean Disputed = false`);
export const CHARGE_WRITE = fieldList(
  "description* Description | customer* Customer ID | receipt_email* Receipt to | metadata:object* Metadata",
);
export const PAYOUT =
  fieldList(`${HEAD} | id ID = po_sample0001 | status Status = paid | type Type = bank_account | method Method = standard
  description Description | failure_message Failure | amount:number Amount (smallest unit) = 120000 | currency Currency = gbp
  arrival_date:datetime Arrives = 1760300000 | automatic:boolean Automatic = true`);
