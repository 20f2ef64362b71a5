import { MissingPage } from "#components/vendor/missing-page.tsx";

export default MissingPage;
