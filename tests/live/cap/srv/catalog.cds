using harbour from '../db/schema';
@path: '/odata/v4/catalog'
@requires: 'authenticated-user'
service Catalog {
  @cds.query.limit: { default: 50, max: 50 }
  entity Books as projection on harbour.Books;
}
