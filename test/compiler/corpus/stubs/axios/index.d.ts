interface Axios { get(url: string): Promise<{ data: unknown }> }
declare const axios: Axios;
export default axios;
