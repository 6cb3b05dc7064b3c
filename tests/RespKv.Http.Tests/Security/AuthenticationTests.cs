using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using RespKv.TestKit.Server;

namespace RespKv.Http.Tests.Security;

public sealed class AuthenticationTests(AuthenticationTests.LockedServer http) : IClassFixture<AuthenticationTests.LockedServer>
{
    private readonly OwnServer _http = http;

    [Theory]
    [InlineData("Bearer", "secret")]
    [InlineData("bearer", "default:secret")]
    [InlineData("Basic", "default:secret")]
    [InlineData("Basic", ":secret")]
    public async Task RightPassword_LogsIn(string scheme, string pair)
    {
        using HttpResponseMessage response = await _http.CommandAsync("""["ACL","WHOAMI"]""", Authorization(scheme, pair));

        Assert.Equal("""{"reply":"default"}""", await response.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(null, null, "NOAUTH")]
    [InlineData("Bearer", "wrong", "WRONGPASS")]
    [InlineData("Basic", "nobody:secret", "WRONGPASS")]
    [InlineData("Digest", "x", null)]
    [InlineData("Basic", "", null)]
    public async Task MissingOrWrongPassword_Is401_AndTellsWhatIsAskedFor(string? scheme, string? pair, string? code)
    {
        using HttpResponseMessage response = await _http.CommandAsync("""["GET","a"]""", scheme is null ? [] : [Authorization(scheme, pair!)]);

        JsonElement problem = await HttpFixture.ProblemAsync(response, 401);
        Assert.Equal(code, problem.TryGetProperty("code", out JsonElement word) ? word.GetString() : null);
        Assert.Equal(["Basic", "Bearer"], response.Headers.WwwAuthenticate.Select(static each => each.Scheme));
    }

    [Fact]
    public async Task User_MayDoWhatTheAclSays()
    {
        (string, string) reader = Authorization("Basic", "reader:read:er");
        using HttpResponseMessage read = await _http.SendAsync(HttpMethod.Get, "/v1/kv/a", null, reader);
        using HttpResponseMessage write = await _http.SendAsync(HttpMethod.Put, "/v1/kv/a", new StringContent("x"), reader);
        using HttpResponseMessage batch = await _http.SendAsync(HttpMethod.Post, "/v1/kv:batch", HttpFixture.Json("""{"items":[{"op":"delete","key":"a"}]}"""), reader);

        await HttpFixture.ProblemAsync(read, 404);
        Assert.Equal("NOPERM", (await HttpFixture.ProblemAsync(write, 403)).GetProperty("code").GetString());
        Assert.Equal("NOPERM", (await HttpFixture.ProblemAsync(batch, 403)).GetProperty("code").GetString());
    }

    [Fact]
    public async Task Connection_ThatLoggedIn_IsNobodyAgainWithoutAPassword()
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
        using var client = new HttpClient(handler) { BaseAddress = _http.Client.BaseAddress };
        async Task<string> WhoAsync(params (string, string)[] headers)
        {
            using HttpRequestMessage request = HttpFixture.Request(HttpMethod.Post, _http.Server, "/v1/command", HttpFixture.Json("""["ACL","WHOAMI"]"""), headers);
            using HttpResponseMessage response = await client.SendAsync(request);
            return $"{(int)response.StatusCode} {(response.IsSuccessStatusCode ? await response.Content.ReadAsStringAsync() : "")}".Trim();
        }

        Assert.Equal("""200 {"reply":"default"}""", await WhoAsync(Authorization("Bearer", "secret")));
        Assert.Equal("401", await WhoAsync());
        Assert.StartsWith("403", await WhoAsync(Authorization("Bearer", "reader:read:er")), StringComparison.Ordinal);
        Assert.Equal("401", await WhoAsync(Authorization("Bearer", "reader:wrong")));
        Assert.Equal("""200 {"reply":"default"}""", await WhoAsync(Authorization("Bearer", "secret")));
    }

    [Fact]
    public async Task Body_OfSomebodyUnknown_IsNotRead()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _http.Server.HttpPort);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/command HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10000000\r\n\r\n["));
        using var reader = new StreamReader(socket.GetStream());

        Assert.Equal("HTTP/1.1 401 Unauthorized", await reader.ReadLineAsync());
    }

    [Fact]
    public async Task WrongPasswords_AreBounded_AndOthersWithTheRightOneGoOn()
    {
        await using var own = new LockedServer();
        await own.StartAsync();
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
        using var known = new HttpClient(handler) { BaseAddress = own.Client.BaseAddress, DefaultRequestHeaders = { { "Authorization", "Bearer secret" } } };
        using HttpResponseMessage first = await known.PostAsync("/v1/command", HttpFixture.Json("""["PING"]"""));
        var changes = new List<HttpStatusCode>();
        await Poll.UntilAsync("guesses are refused, taken again, and refused again", async () =>
        {
            using HttpResponseMessage response = await own.CommandAsync("""["PING"]""", Authorization("Bearer", "guess"));
            if (changes.Count == 0 || changes[^1] != response.StatusCode)
            {
                changes.Add(response.StatusCode);
            }

            return changes.Count == 4;
        });
        using HttpResponseMessage after = await known.PostAsync("/v1/command", HttpFixture.Json("""["PING"]"""));

        Assert.Equal([HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests, HttpStatusCode.Unauthorized, HttpStatusCode.TooManyRequests], changes);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    /// <summary>Needs an address of this machine that is not loopback.</summary>
    [Fact]
    public async Task Password_OfAnotherMachine_IsRefusedWithoutTls()
    {
        IPAddress? own = NetworkInterface.GetAllNetworkInterfaces().Where(static each => each.OperationalStatus == OperationalStatus.Up)
            .SelectMany(static each => each.GetIPProperties().UnicastAddresses).Select(static each => each.Address)
            .FirstOrDefault(static each => each.AddressFamily == AddressFamily.InterNetwork && !IPAddress.IsLoopback(each));
        if (own is null)
        {
            return;
        }

        using var client = new HttpClient { BaseAddress = new Uri($"http://{own}:{_http.Server.HttpPort}"), DefaultRequestHeaders = { { "Authorization", "Bearer secret" } } };
        using HttpResponseMessage refused = await client.PostAsync("/v1/command", HttpFixture.Json("""["PING"]"""));
        using HttpResponseMessage set = await _http.CommandAsync("""["CONFIG","SET","http-plain-auth","yes"]""", Authorization("Bearer", "secret"));
        using HttpResponseMessage allowed = await client.PostAsync("/v1/command", HttpFixture.Json("""["PING"]"""));

        Assert.Equal("DENIED", (await HttpFixture.ProblemAsync(refused, 403)).GetProperty("code").GetString());
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
    }

    private static (string Name, string Value) Authorization(string scheme, string pair)
        => ("Authorization", $"{scheme} {(scheme == "Basic" ? Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)) : pair)}");

    public sealed class LockedServer() : OwnServer("--requirepass", "secret", "--user", "reader", "on", ">read:er", "~*", "+@read", "+@connection", "--http-bind", "0.0.0.0");
}
