"""What a person was told."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from connect.api.paging import ListEndpoint
from connect.api.serializers.people import NotificationSerializer
from connect.models import Notification
from connect.services import inbox
from safety.api import Endpoint, operation


class NotificationsView(ListEndpoint):
    """What a person was told, newest first."""

    @operation(operation_id="notifications_list", responses={200: NotificationSerializer(many=True)})
    def get(self, request: Request) -> Response:
        return self.page(Notification.objects.filter(user=self.me), NotificationSerializer)


class NotificationView(Endpoint):
    """One thing a person was told."""

    @operation(operation_id="notifications_delete", responses={204: None})
    def delete(self, request: Request, notification_id: UUID) -> Response:
        inbox.remove(notification_id=notification_id, user_id=self.me)
        return Response(status=204)


class NotificationReadView(Endpoint):
    """Noting that a notification was read."""

    @operation(operation_id="notifications_mark_read", request=None, responses={200: NotificationSerializer})
    def post(self, request: Request, notification_id: UUID) -> Response:
        read = inbox.mark_read(notification_id=notification_id, user_id=self.me, now=self.now)
        return Response(NotificationSerializer(read).data)
