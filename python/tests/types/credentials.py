"""What type checkers accept as a credential, and what they refuse: an unused `type: ignore` is an error as well."""

from azure.core.credentials import AzureKeyCredential
from azure.core.credentials import TokenCredential as AzureTokenCredential
import azure.identity
import azure.identity.aio
import teams_phone
import teams_phone.aio
from teams_phone.credentials import ClientSecretCredential, StaticTokenCredential, TokenCredential

sync = azure.identity.ClientSecretCredential("t", "c", "s")
default = azure.identity.DefaultAzureCredential()
later = azure.identity.aio.ClientSecretCredential("t", "c", "s")
provider = azure.identity.get_bearer_token_provider(sync, "scope")
later_provider = azure.identity.aio.get_bearer_token_provider(later, "scope")
ours = ClientSecretCredential("t", "c", "s")
URL = "https://x.communication.azure.com"

def function() -> str:
    return "token"

async def coroutine() -> str:
    return "token"

teams_phone.Client(URL, sync)
teams_phone.Client(URL, default)
teams_phone.Client(URL, provider)
teams_phone.Client(URL, ours)
teams_phone.Client(URL, function)
teams_phone.Client(URL, AzureKeyCredential("key"))
teams_phone.Client(URL, "key")
teams_phone.GraphClient(sync)
teams_phone.GraphClient(StaticTokenCredential("token"))
teams_phone.aio.Client(URL, sync)
teams_phone.aio.Client(URL, later)
teams_phone.aio.Client(URL, later_provider)
teams_phone.aio.Client(URL, coroutine)
teams_phone.aio.Client(URL, "key")
teams_phone.aio.GraphClient(later)
teams_phone.aio.GraphClient(ours)
as_ours: TokenCredential = ours

teams_phone.Client(URL, later)  # type: ignore[arg-type]
teams_phone.Client(URL, later_provider)  # type: ignore[arg-type]
teams_phone.Client(URL, coroutine)  # type: ignore[arg-type]
teams_phone.Client(URL, None)  # type: ignore[arg-type]
teams_phone.GraphClient("key")  # type: ignore[arg-type]
teams_phone.GraphClient(AzureKeyCredential("key"))  # type: ignore[arg-type]
teams_phone.GraphClient(later)  # type: ignore[arg-type]
teams_phone.aio.GraphClient("key")  # type: ignore[arg-type]
as_azure: AzureTokenCredential = ours  # type: ignore[assignment]
