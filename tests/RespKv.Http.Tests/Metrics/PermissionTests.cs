using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace RespKv.Http.Tests.Metrics;

/// <summary>Statistics and metrics take the permission for INFO, and no more.</summary>
public sealed class PermissionTests(HttpFixture http) : IClassFixture<HttpFixture>
{
    [Theory]
    [InlineData("/metrics", "+info", HttpStatusCode.OK)]
    [InlineData("/v1/stats", "+info", HttpStatusCode.OK)]
    [InlineData("/metrics", "+get", HttpStatusCode.Forbidden)]
    [InlineData("/v1/stats", "+@all -info", HttpStatusCode.Forbidden)]
    [InlineData("/v1/events", "+info", HttpStatusCode.Forbidden)]
    [InlineData("/v1/events", "+@all &other", HttpStatusCode.Forbidden)]
    [InlineData("/v1/events", "+subscribe &__keyevent@0__:*", HttpStatusCode.OK)]
    [InlineData("/v1/events?dbs=all", "+subscribe &__keyevent@0__:*", HttpStatusCode.Forbidden)]
    public async Task User_gets_what_its_rules_allow(string path, string rules, HttpStatusCode status)
    {
        await http.ReplyAsync(["ACL", "SETUSER", "observer", "reset", "on", ">secret", .. rules.Split(' ')]);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("observer:secret")));

        using HttpResponseMessage response = await http.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        Assert.Equal(status, response.StatusCode);
    }
}
