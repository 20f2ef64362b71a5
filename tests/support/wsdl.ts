const SCHEMA = "http://www.w3.org/2001/XMLSchema";
const element = (name: string, type: string, more = "") => `<xs:element name="${name}" type="${type}" ${more}/>`;
const wrapper = (name: string, ...parts: string[]) =>
  `<xs:element name="${name}"><xs:complexType><xs:sequence>${parts.join("")}</xs:sequence></xs:complexType></xs:element>`;
const message = (name: string) => `<w:message name="${name}"><w:part name="parameters" element="t:${name}"/></w:message>`;
const declared = (name: string) =>
  `<w:operation name="${name}"><w:documentation>What ${name} does.</w:documentation><w:input message="t:${name}"/><w:output message="t:${name}Response"/></w:operation>`;
const bound = (name: string, header: string) =>
  `<w:operation name="${name}"><soap:operation soapAction="urn:orders/${name}"/><w:input>${header}<soap:body use="literal"/></w:input><w:output><soap:body use="literal"/></w:output></w:operation>`;

const OPERATIONS = ["Login", "ListOrders", "GetOrder", "CloseOrder"];

/** The WSDL of a service of ours: a login whose session goes into a header, a paged list, a question and a change. */
export const ORDERS_WSDL = `<?xml version="1.0"?>
<w:definitions name="Orders" targetNamespace="urn:orders" xmlns:t="urn:orders" xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/">
<w:types><xs:schema xmlns:xs="${SCHEMA}" targetNamespace="urn:orders" elementFormDefault="qualified">
<xs:complexType name="Base"><xs:sequence>${element("OrderId", "xs:long")}</xs:sequence></xs:complexType>
<xs:complexType name="Order"><xs:complexContent><xs:extension base="t:Base"><xs:sequence>
${element("Status", "t:Status")}${element("ModifiedAt", "xs:dateTime")}${element("Parent", "t:Order", 'minOccurs="0"')}
<xs:element name="Lines" minOccurs="0"><xs:complexType><xs:sequence>${element("Line", "xs:string", 'maxOccurs="unbounded"')}</xs:sequence></xs:complexType></xs:element>
</xs:sequence></xs:extension></xs:complexContent></xs:complexType>
<xs:simpleType name="Status"><xs:restriction base="xs:string"><xs:enumeration value="open"/><xs:enumeration value="closed"/></xs:restriction></xs:simpleType>
${wrapper("Login", element("UserName", "xs:string"), element("Password", "xs:string"))}
${wrapper("LoginResponse", element("SessionId", "xs:string"))}
${wrapper("SessionHeader", element("SessionId", "xs:string"))}
${wrapper("ListOrders", element("page", "xs:int"), element("pageSize", "xs:int"), element("ModifiedSince", "xs:dateTime", 'minOccurs="0"'))}
${wrapper("ListOrdersResponse", `<xs:element name="ListOrdersResult"><xs:complexType><xs:sequence>${element("Order", "t:Order", 'minOccurs="0" maxOccurs="unbounded"')}</xs:sequence></xs:complexType></xs:element>`)}
${wrapper("GetOrder", element("OrderId", "xs:long"))}
${wrapper("GetOrderResponse", element("Order", "t:Order", 'minOccurs="0"'))}
${wrapper("CloseOrder", element("OrderId", "xs:long"), element("Password", "xs:string", 'minOccurs="0"'), element("Reason", "t:Status"))}
${wrapper("CloseOrderResponse", element("Done", "xs:boolean"))}
</xs:schema></w:types>
<w:message name="SessionHeader"><w:part name="header" element="t:SessionHeader"/></w:message>
${OPERATIONS.map((name) => message(name) + message(`${name}Response`)).join("\n")}
<w:portType name="Orders">${OPERATIONS.map(declared).join("\n")}</w:portType>
<w:binding name="OrdersSoap" type="t:Orders"><soap:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>
${OPERATIONS.map((name) => bound(name, name === "Login" ? "" : '<soap:header message="t:SessionHeader" part="header" use="literal"/>')).join("\n")}
</w:binding>
<w:service name="OrderService"><w:port name="OrdersSoap" binding="t:OrdersSoap"><soap:address location="https://api.example.com/soap/orders"/></w:port></w:service>
</w:definitions>`;

/** As older stacks write it: RPC style, parts with types, elements without namespace, an array as SOAP encodes it. */
export const STOCK_WSDL = `<definitions name="Stock" targetNamespace="urn:stock" xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:stock" xmlns:xsd="${SCHEMA}" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:enc="http://schemas.xmlsoap.org/soap/encoding/">
<types><xsd:schema targetNamespace="urn:stock"><xsd:complexType name="Item"><xsd:all><xsd:element name="sku" type="xsd:string"/><xsd:element name="left" type="xsd:int"/></xsd:all></xsd:complexType>
<xsd:complexType name="Items"><xsd:complexContent><xsd:restriction base="enc:Array"><xsd:attribute ref="enc:arrayType" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" wsdl:arrayType="t:Item[]"/></xsd:restriction></xsd:complexContent></xsd:complexType></xsd:schema></types>
<message name="allIn"/><message name="allOut"><part name="return" type="t:Items"/></message>
<message name="setIn"><part name="item" type="t:Item"/><part name="note" type="xsd:string"/></message><message name="setOut"/>
<portType name="Stock"><operation name="catalogProductList"><input message="t:allIn"/><output message="t:allOut"/></operation>
<operation name="stockUpdate"><input message="t:setIn"/><output message="t:setOut"/></operation></portType>
<binding name="StockBinding" type="t:Stock"><soap:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>
<operation name="catalogProductList"><soap:operation soapAction="urn:Action"/><input><soap:body namespace="urn:stock" use="encoded"/></input><output><soap:body namespace="urn:stock" use="encoded"/></output></operation>
<operation name="stockUpdate"><soap:operation soapAction="urn:Action"/><input><soap:body namespace="urn:stock" use="encoded"/></input><output><soap:body namespace="urn:stock" use="encoded"/></output></operation></binding>
<service name="StockService"><port name="StockPort" binding="t:StockBinding"><soap:address location="http://localhost:8080/stock?v=1"/></port></service></definitions>`;
