namespace harbour;
using { managed } from '@sap/cds/common';
entity Books : managed {
  key ID : Integer64;
  title  : String(100);
  author : String(100);
  price  : Decimal(15,2);
  stock  : Integer;
}
